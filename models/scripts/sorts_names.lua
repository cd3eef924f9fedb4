-- Whole names are sorted, and they begin with the name of their process: node-zookeeper recipes, early kazoo.
-- The remedy: the ten digits at their end.
place = param("directory", "/lock")
local by_digits = param("by_digits", false)

function acquire(lock)
  lock.node = lock.node or zk.create("-e", "-s", place .. "/" .. me.process .. "-")
  return loop({}, function(s)
    local names, mine = zk.children(place), zk.name(lock.node)
    if by_digits then
      table.sort(names, function(a, b) return zk.seq(a) < zk.seq(b) end)
    else
      table.sort(names)
    end
    local before
    for _, name in ipairs(names) do
      if name == mine then break end
      before = name
    end
    if not before then return held{node = lock.node} end
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then watch:wait() end
  end)
end

function release(lock)
  zk.delete(lock.node)
  lock.node = nil
end
