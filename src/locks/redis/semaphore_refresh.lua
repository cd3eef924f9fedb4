-- KEYS: the sorted set. ARGV: limit, identifier, timeout (ms), now (ms), "server" for the server's clock.
local now = tonumber(ARGV[4])
if ARGV[5] == "server" then
  local time = redis.call("TIME")
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - tonumber(ARGV[3]))
if not redis.call("ZSCORE", KEYS[1], ARGV[2]) then
  return 0
end
redis.call("ZADD", KEYS[1], now, ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1
