-- A semaphore that is a counter: llm-d/llm-d-async#335. Only the first sets its time to live; the remedy is that all do.
place = param("key", "permits")
local permits = param("permits", 2)
local ttl = param("ttl", "60s")
local all_expire = param("all_expire", false)

function acquire(lock)
  local count = redis.call("INCR", place)
  if count == 1 or all_expire then redis.call("PEXPIRE", place, ttl) end
  if count > permits then
    redis.call("DECR", place)
    return busy()
  end
  return held{}
end

function release(lock)
  if tonumber(redis.call("GET", place) or 0) > 0 then
    redis.call("DECR", place)
    if all_expire then redis.call("PEXPIRE", place, ttl) end
  end
end
