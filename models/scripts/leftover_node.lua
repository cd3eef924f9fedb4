-- The answer to the create is lost, and the node that it made stands before everybody: CURATOR-45, kazoo's lock.
-- The remedy: a name of one's own, looked for before another one is made.
place = param("directory", "/lock")
local looks_for_it = param("looks_for_it", false)

function acquire(lock)
  local prefix = looks_for_it and (lock.prefix or token()) or "lock"
  lock.prefix = looks_for_it and prefix or nil
  return loop({}, function(s)
    local names = zk.children(place)
    if looks_for_it and not lock.node then
      for _, name in ipairs(names) do
        if name:sub(1, #prefix) == prefix then lock.node = place .. "/" .. name end
      end
    end
    if not lock.node then
      lock.node = zk.create("-e", "-s", place .. "/" .. prefix .. "-")
      return
    end
    local before = zk.before(names, lock.node)
    if before == nil then return held{node = lock.node} end
    if before == false then lock.node = nil return end
    local there, watch = zk.exists("-w", place .. "/" .. before)
    if there then watch:wait() end
  end)
end

function release(lock)
  local node = lock.node
  lock.node, lock.prefix = nil, nil
  zk.delete(node)
end
