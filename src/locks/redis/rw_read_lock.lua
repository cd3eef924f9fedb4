local mode = redis.call("HGET", KEYS[1], "mode")
local mine = redis.call("HEXISTS", KEYS[1], ARGV[2] .. ":write") == 1
-- A writer has it, or one waits that readers make way for.
local again = mine or redis.call("HEXISTS", KEYS[1], ARGV[2]) == 1
if mode == "write" and not mine or not again and redis.call("EXISTS", KEYS[3]) == 1 then
  return math.max(redis.call("PTTL", KEYS[1]), redis.call("PTTL", KEYS[3]))
end
if not mode then
  redis.call("HSET", KEYS[1], "mode", "read")
end
-- Each hold has a time to live of its own, and the hash that of the longest.
local hold = redis.call("HINCRBY", KEYS[1], ARGV[2], 1)
redis.call("SET", KEYS[2] .. ":" .. hold, 1, "PX", ARGV[1])
local ttl = tonumber(ARGV[1])
if ARGV[3] ~= "shrinks-lease" then
  ttl = math.max(ttl, redis.call("PTTL", KEYS[1]))
end
redis.call("PEXPIRE", KEYS[1], ttl)
return nil
