-- Waiters whose time is over leave the line. With a heartbeat that is so long after they were last heard; without, so
-- long after the time of the one before them.
local now, wait, heartbeat = tonumber(ARGV[4]), tonumber(ARGV[3]), ARGV[5] == "heartbeat"
local head = redis.call("LINDEX", KEYS[2], 0)
while head and tonumber(redis.call("ZSCORE", KEYS[3], head)) <= now do
  redis.call("ZREM", KEYS[3], head)
  redis.call("LPOP", KEYS[2])
  head = redis.call("LINDEX", KEYS[2], 0)
end
-- It is free, and nobody stands before me.
if redis.call("EXISTS", KEYS[1]) == 0 and (not head or head == ARGV[2]) then
  redis.call("LPOP", KEYS[2])
  redis.call("ZREM", KEYS[3], ARGV[2])
  for _, waiter in ipairs(heartbeat and {} or redis.call("ZRANGE", KEYS[3], 0, -1)) do
    redis.call("ZINCRBY", KEYS[3], -wait, waiter)
  end
  redis.call("HSET", KEYS[1], ARGV[2], 1)
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
  return nil
end
-- It is mine already.
if redis.call("HEXISTS", KEYS[1], ARGV[2]) == 1 then
  redis.call("HINCRBY", KEYS[1], ARGV[2], 1)
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
  return nil
end
-- I stand in line, from now on if not before.
local ttl = math.max(0, redis.call("PTTL", KEYS[1]))
local stands = redis.call("ZSCORE", KEYS[3], ARGV[2])
if not stands then
  local last = redis.call("LINDEX", KEYS[2], -1)
  if last and not heartbeat then
    ttl = tonumber(redis.call("ZSCORE", KEYS[3], last)) - now
  end
  redis.call("RPUSH", KEYS[2], ARGV[2])
end
if heartbeat then
  redis.call("ZADD", KEYS[3], now + wait, ARGV[2])
elseif not stands then
  redis.call("ZADD", KEYS[3], now + ttl + wait, ARGV[2])
end
return ttl
