local answered = redis.call("GET", KEYS[2])
if answered then
  return tonumber(answered)
end
if redis.call("HEXISTS", KEYS[1], ARGV[2]) == 0 then
  return nil
end
local answer = 0
if redis.call("HINCRBY", KEYS[1], ARGV[2], -1) > 0 then
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
else
  redis.call("DEL", KEYS[1])
  redis.call("PUBLISH", KEYS[3], "0")
  answer = 1
end
redis.call("SET", KEYS[2], answer, "PX", ARGV[3])
return answer
