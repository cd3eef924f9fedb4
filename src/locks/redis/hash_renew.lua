if redis.call("HEXISTS", KEYS[1], ARGV[2]) == 1 then
  return redis.call("PEXPIRE", KEYS[1], ARGV[1])
end
return 0
