-- KEYS: the hash, the latch, the channel, the prefix of my holds. ARGV: me, or me:write; lease; prefix of all; latch.
local answered = redis.call("GET", KEYS[2])
if answered then
  return tonumber(answered)
end
local function answer(number)
  redis.call("SET", KEYS[2], number, "PX", ARGV[4])
  return number
end
local mode = redis.call("HGET", KEYS[1], "mode")
if not mode then
  redis.call("PUBLISH", KEYS[3], "0")
  return answer(1)
end
if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 0 then
  return nil
end
local holds = redis.call("HINCRBY", KEYS[1], ARGV[1], -1)
redis.call("DEL", KEYS[4] .. ":" .. (holds + 1))
if holds == 0 then
  redis.call("HDEL", KEYS[1], ARGV[1])
elseif string.sub(ARGV[1], -6) == ":write" then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
  return answer(0)
end
-- Others have it still: it lives as long as the longest of their holds.
if redis.call("HLEN", KEYS[1]) > 1 then
  local longest = 0
  for _, owner in ipairs(redis.call("HKEYS", KEYS[1])) do
    for hold = tonumber(redis.call("HGET", KEYS[1], owner)) or 0, 1, -1 do
      local left = redis.call("PTTL", ARGV[3] .. ":" .. owner .. ":rwlock_timeout:" .. hold)
      longest = math.max(longest, left)
    end
  end
  if string.sub(ARGV[1], -6) == ":write" then
    redis.call("HSET", KEYS[1], "mode", "read")
    redis.call("PUBLISH", KEYS[3], "1")
    return answer(1)
  end
  if longest > 0 then
    redis.call("PEXPIRE", KEYS[1], longest)
    return answer(0)
  end
  if mode == "write" then
    return answer(0)
  end
end
redis.call("DEL", KEYS[1])
redis.call("PUBLISH", KEYS[3], string.sub(ARGV[1], -6) == ":write" and "1" or "0")
return answer(1)
