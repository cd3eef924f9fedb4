-- SETNX for ever: the first pattern of https://redis.io/docs/latest/commands/setnx/
place = param("key", "lock")

function acquire(lock)
  if redis.call("SETNX", place, 1) == 0 then return busy() end
  return held{}
end

function release(lock)
  redis.call("DEL", place)
end
