-- A semaphore that is a list of tokens: dv/redis-semaphore#64, otovo/redis-rate-limiters#7.
-- Whoever dies with the token takes it along. The remedy: a key with a time to live in place of the token.
place = param("key", "available")
local expires = param("expires", false)
local ttl = param("ttl", "10s")

function acquire(lock)
  if expires then
    lock.token = token()
    if not redis.call("SET", place, lock.token, "NX", "PX", ttl) then return busy() end
    return held{}
  end
  local popped = redis.call("BLPOP", place, 0)
  lock.token = popped[2]
  redis.call("HSET", "grabbed", lock.token, "1")
  return held{}
end

function release(lock)
  if expires then
    redis.eval("unlock.lua", {place}, {lock.token})
  else
    redis.call("HDEL", "grabbed", lock.token)
    redis.call("LPUSH", place, lock.token)
  end
end
