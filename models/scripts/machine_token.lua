-- The owner is the machine's name: StackExchange/StackExchange.Redis#144. The remedy: a token for each acquisition.
place = param("key", "lock")
local ttl = param("ttl", "10s")
local machine = param("machine", "")

function acquire(lock)
  lock.token = machine ~= "" and machine or token()
  if not redis.call("SET", place, lock.token, "NX", "PX", ttl) then return busy() end
  return held{}
end

function release(lock)
  if redis.eval("unlock.lua", {place}, {lock.token}) ~= 1 then return lost() end
end
