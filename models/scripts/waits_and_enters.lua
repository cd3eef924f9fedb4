-- A tutorial's lock: a latch is waited for at most so long, and after that the lock is said to be there, whatever became
-- of the wait. The remedy: look again.
place = param("directory", "/lock")
local patience = param("patience", "5s")
local looks_again = param("looks_again", false)

function acquire(lock)
  lock.node = zk.create("-e", "-s", place .. "/lock-")
  return loop({}, function(s)
    local before = zk.before(zk.children(place), lock.node)
    if not before then return held{node = lock.node} end
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then
      watch:wait(patience)
      if not looks_again then return held{node = lock.node} end
    end
  end)
end

function release(lock)
  zk.delete(lock.node)
end
