-- Everybody watches all children, and all of them wake at every change: the herd of the ZooKeeper recipes page.
-- The remedy: the node before one's own.
place = param("directory", "/lock")
local only_before = param("only_before", false)

function acquire(lock)
  lock.node = lock.node or zk.create("-e", "-s", place .. "/lock-")
  return loop({}, function(s)
    local names, all
    if only_before then names = zk.children(place) else names, all = zk.children("-w", place) end
    local before = zk.before(names, lock.node)
    if not before then return held{node = lock.node} end
    if all then
      all:wait()
      return
    end
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then watch:wait() end
  end)
end

function release(lock)
  zk.delete(lock.node)
  lock.node = nil
end
