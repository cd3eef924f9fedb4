-- One node that everybody watches: Hunt et al., ATC'10, section 2.4 (Simple Locks).
place = param("path", "/lock")

function acquire(lock)
  return loop({}, function(s)
    -- 1. Create the node: whoever succeeds has the lock.
    local made, why = pcall(zk.create, "-e", place)
    if made then return held{node = place} end
    if why.code ~= "NodeExists" then error(why) end
    -- 2. Everybody else watches it, and tries again when it is gone.
    local there, watch = zk.exists("-w", place)
    if there then watch:wait() end
  end)
end

function release(lock)
  -- 3. Delete the node.
  local done, why = pcall(zk.delete, place)
  if done then return end
  if why.code == "NoNode" then return lost() end
  error(why)
end
