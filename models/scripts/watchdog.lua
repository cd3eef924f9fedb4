-- SET NX PX, renewed by its holder: https://redis.io/docs/latest/develop/use/patterns/distributed-locks/, "Extending the lock".
-- Whether the renewal looks whose key it is: sibson/redbeat#127, rq/rq#2338, n8n-io/n8n#29696.
place = param("key", "lock")
local ttl = param("ttl", "30s")
local looks = param("looks", true)
renew_every = param("renew_every", "10s")

function acquire(lock)
  local token, asked_at = token(), now()
  if not redis.call("SET", place, token, "NX", "PX", ttl) then return busy() end
  lock.token = token
  return held{lease = asked_at + ttl}
end

function renew(lock)
  local asked_at = now()
  if looks then
    if redis.eval("extend.lua", {place}, {lock.token, ttl}) ~= 1 then return lost() end
  else
    redis.call("PEXPIRE", place, ttl)
  end
  return held{lease = asked_at + ttl}
end

function release(lock)
  if redis.eval("unlock.lua", {place}, {lock.token}) ~= 1 then return lost() end
end
