-- Whoever is refused waits for a message of whoever releases. Looked at first and subscribed to afterwards, the message
-- may be gone: redisson/redisson#1104 and others. The remedy: subscribe, then look.
place = param("key", "lock")
local subscribes_first = param("subscribes_first", false)

local function try(lock)
  lock.token = lock.token or token()
  return redis.call("SET", place, lock.token, "NX")
end

function acquire(lock)
  if subscribes_first then
    local messages = redis.subscribe(place .. ":free")
    return loop({messages = messages}, function(s)
      if try(lock) then return held{} end
      s.messages:message()
    end)
  end
  return loop({}, function(s)
    if try(lock) then return held{} end
    redis.subscribe(place .. ":free"):message()
  end)
end

function release(lock)
  if redis.eval("unlock.lua", {place}, {lock.token}) == 1 then redis.call("PUBLISH", place .. ":free", "1") end
  lock.token = nil
end
