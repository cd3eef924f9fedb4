-- KEYS: the hash, the latch, the channel. ARGV: owner, lease (ms), now (ms), fields, the latch's time to live (ms).
local answered = redis.call("GET", KEYS[2])
if answered then
  return tonumber(answered)
end
if redis.call("EXISTS", KEYS[1]) == 0 then
  redis.call("PUBLISH", KEYS[3], "0")
  return nil
end
local me, lease, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local freed, missed = 1, false
for i = 4, #ARGV - 1 do
  local mine = ARGV[i] .. ":" .. me
  local ends = redis.call("HGET", KEYS[1], mine .. ":expire_time")
  if not ends or tonumber(ends) < now then
    missed = true
  elseif redis.call("HINCRBY", KEYS[1], mine .. ":lock_count", -1) <= 0 then
    redis.call("HDEL", KEYS[1], mine .. ":expire_time", mine .. ":lock_count", ARGV[i])
  else
    freed = 0
    redis.call("HSET", KEYS[1], mine .. ":expire_time", math.max(tonumber(ends), now + lease))
  end
end
if missed then
  return nil
end
redis.call("PUBLISH", KEYS[3], "0")
redis.call("SET", KEYS[2], freed, "PX", ARGV[#ARGV])
if freed == 0 and redis.call("PTTL", KEYS[1]) < lease then
  redis.call("PEXPIRE", KEYS[1], lease)
end
return freed
