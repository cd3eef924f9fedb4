-- A scheduler that wants several queues, works on those that it gets, and releases every name that it had wanted:
-- rq/rq#1914. The remedy: delete only what was got.
local names = param("names", {"q1", "q2"})
local only_got = param("only_got", false)
local ttl = param("ttl", "60s")
place = names

function acquire(lock)
  lock.got = {}
  for _, name in ipairs(names) do
    if redis.call("SET", name, token(), "NX", "PX", ttl) then table.insert(lock.got, name) end
  end
  if #lock.got == 0 then return busy() end
  return held{}
end

function release(lock)
  for _, name in ipairs(only_got and lock.got or names) do redis.call("DEL", name) end
  lock.got = nil
end
