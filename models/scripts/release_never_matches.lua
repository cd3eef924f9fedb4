-- What is stored is encoded, what the release compares is not: BerriAI/litellm#30600, laravel/framework#36337.
place = param("key", "lock")
local ttl = param("ttl", "60s")
local encodes_both = param("encodes_both", false)

local function encoded(token) return '"' .. token .. '"' end

function acquire(lock)
  lock.token = token()
  if not redis.call("SET", place, encoded(lock.token), "NX", "PX", ttl) then return busy() end
  return held{}
end

function release(lock)
  local token = encodes_both and encoded(lock.token) or lock.token
  redis.eval("unlock.lua", {place}, {token})
end
