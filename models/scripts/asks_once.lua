-- One node; whoever lost the race reads it once, and if it is gone by then never asks again:
-- confluentinc/schema-registry#131. The remedy: ask again.
place = param("path", "/master")
local asks_again = param("asks_again", false)

function acquire(lock)
  return loop({}, function(s)
    local made, why = pcall(zk.create, "-e", place, me.process)
    if made then return held{node = place} end
    if why.code ~= "NodeExists" then error(why) end
    local there, watch = zk.exists("-w", place)
    -- The watch on a node that is gone waits for the next one.
    if there or not asks_again then watch:wait() end
  end)
end

function release(lock)
  zk.delete(place)
end
