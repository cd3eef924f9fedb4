-- Locks in line: https://zookeeper.apache.org/doc/r3.8.0/recipes.html, "Locks".
place = param("directory", "/lock")

local function create()
  local made, node = pcall(zk.create, "-e", "-s", place .. "/lock-")
  if made then return node end
  if node.code ~= "NoNode" then error(node) end
  local _, why = pcall(zk.create, place)
  if why and why.code and why.code ~= "NodeExists" then error(why) end
  return zk.create("-e", "-s", place .. "/lock-")
end

function acquire(lock)
  return loop({}, function(s)
    -- 1. A numbered node of my own, unless an attempt that failed left one.
    lock.node = lock.node or create()
    -- 2. All of them. 3. The lowest has the lock; if mine is gone, begin anew.
    local before = zk.before(zk.children(place), lock.node)
    if before == nil then return held{node = lock.node} end
    if before == false then lock.node = nil return end
    -- 4. The one before mine: wait until it is gone, and look again.
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then watch:wait() end
  end)
end

function release(lock)
  local node = lock.node
  lock.node = nil
  if not node then return end
  local done, why = pcall(zk.delete, node)
  if done then return end
  if why.code == "NoNode" then return lost() end
  if why.happened == "unknown" then lock.node = node end
  error(why)
end
