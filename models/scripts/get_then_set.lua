-- GET, and SETEX if nobody has it: cameronmaske/celery-once#43, rails/kredis#80. The remedy is one command.
place = param("key", "lock")
local ttl = param("ttl", "60s")
local one_command = param("one_command", false)

function acquire(lock)
  if one_command then
    if not redis.call("SET", place, "1", "NX", "PX", ttl) then return busy() end
    return held{}
  end
  if redis.call("GET", place) then return busy() end
  redis.call("PSETEX", place, ttl, "1")
  return held{}
end

function release(lock)
  redis.call("DEL", place)
end
