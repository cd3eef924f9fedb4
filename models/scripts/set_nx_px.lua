-- SET NX PX: https://redis.io/docs/latest/develop/use/patterns/distributed-locks/
place = param("key", "lock")
local ttl = param("ttl", "30s")

function acquire(lock)
  -- 1. The lease counts from before the request.
  local token, asked_at = token(), now()
  if not redis.call("SET", place, token, "NX", "PX", ttl) then return busy() end
  lock.token = token
  return held{lease = asked_at + ttl}
end

function release(lock)
  -- 2. Delete the key only if it still holds the token: the script of the same page.
  local token = lock.token
  lock.token = nil
  if not token then return end
  if redis.eval("unlock.lua", {place}, {token}) ~= 1 then return lost() end
end
