-- KEYS: the hash. ARGV: owner, lease (ms), now (ms, by the owner's clock), fields.
local me, lease, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for i = 4, #ARGV do
  if redis.call("HGET", KEYS[1], ARGV[i]) ~= me then
    return 0
  end
  local ends = ARGV[i] .. ":" .. me .. ":expire_time"
  if tonumber(redis.call("HGET", KEYS[1], ends) or 0) < now + lease then
    redis.call("HSET", KEYS[1], ends, now + lease)
  end
end
if redis.call("PTTL", KEYS[1]) < lease then
  redis.call("PEXPIRE", KEYS[1], lease)
end
return 1
