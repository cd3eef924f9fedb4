local holder = redis.call("GET", KEYS[1])
if not holder then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
  return 1
elseif holder == ARGV[1] then
  return redis.call("PEXPIRE", KEYS[1], ARGV[2])
end
return -1
