local answered = redis.call("GET", KEYS[2])
if answered then
  return tonumber(answered)
end
if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 0 then
  return nil
end
if redis.call("HINCRBY", KEYS[1], ARGV[1], -1) > 0 then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
  redis.call("SET", KEYS[2], 0, "PX", ARGV[3])
  return 0
end
redis.call("DEL", KEYS[1])
redis.call("SET", KEYS[2], 1, "PX", ARGV[3])
return 1
