-- INCR, and EXPIRE for whoever made it 1: the second pattern of many answers; a crash between the two leaves it for ever.
-- The remedy: both in one script.
place = param("key", "lock")
local ttl = param("ttl", "10s")
local in_script = param("in_script", false)

function acquire(lock)
  local count
  if in_script then
    count = redis.eval([[
      local count = redis.call("INCR", KEYS[1])
      if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) else redis.call("DECR", KEYS[1]) end
      return count]], {place}, {ttl})
  else
    count = redis.call("INCR", place)
    if count == 1 then redis.call("PEXPIRE", place, ttl) else redis.call("DECR", place) end
  end
  if count > 1 then return busy() end
  return held{}
end

function release(lock)
  redis.call("DEL", place)
end
