-- A lock on ZooKeeper. What a client does to get it and to give it back; `lockstep check` tries every order of events.

-- The directory of the lock: what the properties look at.
place = param("directory", "/lock")

-- `lock` is a table of your own: it is all that survives between the calls, and nobody else sees it.
function acquire(lock)
  -- A loop: of each pass only its state `s` and `lock` survive. It ends when a pass returns something.
  return loop({}, function(s)
    -- Options as zkCli has them. An error is raised as {code =, happened = "no" or "unknown"}, and pcall catches it.
    lock.node = lock.node or zk.create("-e", "-s", place .. "/lock-")
    -- The names are in no useful order. before() is the one before mine: nil if mine is the first, false if it is gone.
    local before = zk.before(zk.children(place), lock.node)
    if before == nil then return held{node = lock.node} end
    if before == false then lock.node = nil return end
    -- With -w a call returns a watch as well, which can be waited for: watch:wait("5s") says whether it fired in time.
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then watch:wait() end
  end)
end

function release(lock)
  local node = lock.node
  lock.node = nil
  zk.delete(node)
end
