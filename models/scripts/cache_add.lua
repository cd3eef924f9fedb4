-- A cache's add() and delete(), as a lock: jazzband/django-redis, the recipe of many Celery tutorials.
-- delete() takes away whatever is there. The remedy: the section ends before the entry does.
place = param("key", "lock")
local ttl = param("ttl", "10s")

function acquire(lock)
  if not redis.call("SET", place, "true", "NX", "PX", ttl) then return busy() end
  return held{}
end

function release(lock)
  redis.call("DEL", place)
end
