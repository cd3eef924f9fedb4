if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 1
end
if redis.call("TTL", KEYS[1]) < 0 then
  return 2
end
redis.call("EXPIRE", KEYS[1], ARGV[2])
return 0
