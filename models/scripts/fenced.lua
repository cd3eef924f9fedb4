-- A fencing token from a counter: Kleppmann, "How to do distributed locking",
-- https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
place = param("key", "lock")
local ttl = param("ttl", "10s")

function acquire(lock)
  lock.token = token()
  if not redis.call("SET", place, lock.token, "NX", "PX", ttl) then return busy() end
  return held{fence = redis.call("INCR", place .. ":fence")}
end

function release(lock)
  if redis.eval("unlock.lua", {place}, {lock.token}) ~= 1 then return lost() end
end
