-- Election by one node with the process's name in it: KAFKA-1387, KAFKA-7165, apache/pulsar#10457.
-- Whoever finds its own name there takes the node for its own, though it is that of its former session.
-- The remedy: a node of another session is deleted, and made anew.
place = param("path", "/controller")
local looks_at_session = param("looks_at_session", false)

function acquire(lock)
  return loop({}, function(s)
    local made, why = pcall(zk.create, "-e", place, me.process)
    if made then return held{node = place} end
    if why.code ~= "NodeExists" then error(why) end
    local found, data, watch = pcall(zk.get, "-w", place)
    if not found then
      if data.code == "NoNode" then return end
      error(data)
    end
    if data == me.process then
      if not looks_at_session or zk.owner(place) == zk.session_id() then return held{node = place} end
      zk.delete(place)
      return
    end
    watch:wait()
  end)
end

function release(lock)
  zk.delete(place)
end
