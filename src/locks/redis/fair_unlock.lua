local answered = redis.call("GET", KEYS[2])
if answered then
  return tonumber(answered)
end
local head = redis.call("LINDEX", KEYS[3], 0)
while head and tonumber(redis.call("ZSCORE", KEYS[4], head)) <= tonumber(ARGV[3]) do
  redis.call("ZREM", KEYS[4], head)
  redis.call("LPOP", KEYS[3])
  head = redis.call("LINDEX", KEYS[3], 0)
end
local answer = 1
if redis.call("EXISTS", KEYS[1]) == 1 then
  if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 0 then
    return nil
  end
  if redis.call("HINCRBY", KEYS[1], ARGV[1], -1) > 0 then
    redis.call("PEXPIRE", KEYS[1], ARGV[2])
    answer = 0
  else
    redis.call("DEL", KEYS[1])
  end
end
-- Only the first in line is told.
if answer == 1 and head then
  redis.call("PUBLISH", ARGV[4] .. ":" .. head, "0")
end
redis.call("SET", KEYS[2], answer, "PX", ARGV[5])
return answer
