-- A hold of mine is there, of either kind: the hash and all holds live on.
local reads = redis.call("HEXISTS", KEYS[1], ARGV[2])
local writes = redis.call("HEXISTS", KEYS[1], ARGV[2] .. ":write")
if reads + writes == 0 then
  return 0
end
redis.call("PEXPIRE", KEYS[1], ARGV[1])
for hold = tonumber(redis.call("HGET", KEYS[1], ARGV[2])) or 0, 1, -1 do
  redis.call("PEXPIRE", "{" .. KEYS[1] .. "}:" .. ARGV[2] .. ":rwlock_timeout:" .. hold, ARGV[1])
end
return 1
