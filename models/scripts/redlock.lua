-- Redlock: https://redis.io/docs/latest/develop/use/patterns/distributed-locks/, "The Redlock Algorithm".
place = param("key", "lock")
local ttl = param("ttl", "10s")
local drift = param("drift", "100ms")

function acquire(lock)
  local began = now()
  lock.token = token()
  local votes = 0
  for _, reply in ipairs(redis.on("all", {within = "50ms"}):call("SET", place, lock.token, "NX", "PX", ttl)) do
    if type(reply) == "table" and reply.ok then votes = votes + 1 end
  end
  local lease = began + (ttl - drift)
  if votes > redis.servers() / 2 and now() < lease then return held{lease = lease} end
  release(lock)
  return busy()
end

function release(lock)
  redis.on("all", {within = "50ms"}):eval("unlock.lua", {place}, {lock.token})
end
