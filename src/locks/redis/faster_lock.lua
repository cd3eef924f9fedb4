-- KEYS: the hash. ARGV: owner, lease (ms), now (ms, by the owner's clock), fields.
local me, lease, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ends = 0
for i = 4, #ARGV do
  local owner = redis.call("HGET", KEYS[1], ARGV[i])
  if owner and owner ~= me then
    local theirs = redis.call("HGET", KEYS[1], ARGV[i] .. ":" .. owner .. ":expire_time")
    ends = math.max(ends, tonumber(theirs or 0))
  end
end
if ends > now then
  return ends - now
end
for i = 4, #ARGV do
  local mine = ARGV[i] .. ":" .. me
  redis.call("HSET", KEYS[1], ARGV[i], me)
  redis.call("HINCRBY", KEYS[1], mine .. ":lock_count", 1)
  if tonumber(redis.call("HGET", KEYS[1], mine .. ":expire_time") or 0) < now + lease then
    redis.call("HSET", KEYS[1], mine .. ":expire_time", now + lease)
  end
end
if redis.call("PTTL", KEYS[1]) < lease then
  redis.call("PEXPIRE", KEYS[1], lease)
end
return nil
