if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 1
end
redis.call("DEL", KEYS[2])
redis.call("LPUSH", KEYS[2], 1)
redis.call("PEXPIRE", KEYS[2], ARGV[2])
redis.call("DEL", KEYS[1])
return 0
