-- A lock on Redis. What a client does to get it and to give it back; `lockstep check` tries every order of events.

-- The key of the lock: what the properties look at.
place = param("key", "lock")

-- A parameter: the model says it, or this default is taken. Times are numbers of milliseconds or texts such as "30s".
local ttl = param("ttl", "10s")

-- After a refusal a client waits so long, and up to `jitter` more.
retry = {after = "1s", jitter = "0ms"}

-- `lock` is a table of your own: it is all that survives between the calls, and nobody else sees it.
function acquire(lock)
  -- A text that nobody else has, and the time before the request: the lease counts from here.
  local token, asked_at = token(), now()
  -- Any command, as in EVAL; an error of the store is raised.
  if not redis.call("SET", place, token, "NX", "PX", ttl) then
    -- Somebody else has it. (lost() and give_up() are other ends.)
    return busy()
  end
  lock.token = token
  -- Until when the client may believe that it holds the lock. Other fields: fence, node, shared.
  return held{lease = asked_at + ttl}
end

function release(lock)
  -- A script that runs in Redis: a text, or the name of a .lua file beside this one.
  local deleted = redis.eval([[
    if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
    return 0]], {place}, {lock.token})
  if deleted == 0 then return lost() end
end
