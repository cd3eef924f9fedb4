local mode = redis.call("HGET", KEYS[1], "mode")
local me = ARGV[2] .. ":write"
if not mode then
  redis.call("HSET", KEYS[1], "mode", "write", me, 1)
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
  redis.call("DEL", KEYS[3])
  return nil
end
if mode == "write" and redis.call("HEXISTS", KEYS[1], me) == 1 then
  redis.call("HINCRBY", KEYS[1], me, 1)
  redis.call("PEXPIRE", KEYS[1], redis.call("PTTL", KEYS[1]) + ARGV[1])
  return nil
end
local ttl = redis.call("PTTL", KEYS[1])
if ARGV[3] == "intent" and ttl > 0 then
  redis.call("SET", KEYS[3], 1, "PX", ttl)
end
return ttl
