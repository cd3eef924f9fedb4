-- KEYS: the sorted set. ARGV: permits, identifier.
local members = {}
for i = 0, tonumber(ARGV[1]) - 1 do
  members[#members + 1] = ARGV[2] .. "_" .. i
end
return redis.call("ZREM", KEYS[1], unpack(members))
