-- KEYS: the sorted set. ARGV: limit, permits, identifier, timeout (ms), now (ms).
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", tonumber(ARGV[5]) - tonumber(ARGV[4]))
if not redis.call("ZSCORE", KEYS[1], ARGV[3] .. "_0") then
  return 0
end
for i = 0, tonumber(ARGV[2]) - 1 do
  redis.call("ZADD", KEYS[1], ARGV[5], ARGV[3] .. "_" .. i)
end
redis.call("PEXPIRE", KEYS[1], ARGV[4])
return 1
