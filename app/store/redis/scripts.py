"""What the server does in one step that nobody can interrupt, in its own language, Lua.

    amilia-feeds:format             the version of all this
    amilia-feeds:memory:ORG         hash: version, born, lang, changes; under an id (8 bytes), a record
    amilia-feeds:content:LANG:ORG   the kept bytes of a catalogue
    amilia-feeds:lease:LANG:ORG     there while the lease runs: the server's own clock lets it go
    amilia-feeds:holders, fences    hashes over LANG:ORG: who leased last and did not let go; how many leases
    amilia-feeds:generations        hash over LANG:ORG: of the kept content
    amilia-feeds:refreshed          hash over LANG:ORG: "BEGAN COVERED"
    amilia-feeds:troubles           hash over LANG:ORG: "FAILURES SINCE RETRY_AT ERROR"
    amilia-feeds:marks, tokens      hashes over ORG
    amilia-feeds:grants             hash over ids of private feeds: the token's digest (32 bytes), the record
    amilia-feeds:grants-used        hash over the same: the day on which it was last read

A memory is one key, so that it is there as a whole or not at all, whatever is evicted or lost.
Every script gets the format's key first. A script that finds its server full or read-only fails at its first
write, so none is done by half.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

PREFIX: Final = "amilia-feeds:"
NEWER: Final = "NEWERFORMAT"
"""How the answer begins where the data has a format from the future."""

_FORMAT: Final = f"""
local format = redis.call('GET', KEYS[1])
if not format then
  redis.call('SET', KEYS[1], '1')
elseif format ~= '1' then
  return redis.error_reply('{NEWER} ' .. format)
end
"""
_STANDS: Final = """
local function stands(holders, fences)
  return redis.call('HGET', holders, ARGV[1]) == ARGV[2] and redis.call('HGET', fences, ARGV[1]) == ARGV[3]
end
"""


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the name that the server gives it: its SHA-1."""

    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


RECALL: Final = Script(
    _FORMAT
    + """
-- KEYS: format, memory. ARGV: known version, cursor, records a page, first version, birth.
-- Returns {version} where it is known, else {version, born, lang, next cursor, records, changes}; the changes
-- with the first page only.
local head = redis.call('HMGET', KEYS[2], 'version', 'born', 'lang')
if not head[1] then
  head = {ARGV[4], ARGV[5], ''}
  redis.call('HSET', KEYS[2], 'version', head[1], 'born', head[2], 'lang', head[3])
end
if head[1] == ARGV[1] then
  return {head[1]}
end
local page = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local records = {}
for i = 1, #page[2], 2 do
  if #page[2][i] == 8 then
    records[#records + 1] = page[2][i + 1]
  end
end
local changes = ''
if ARGV[2] == '0' then
  changes = redis.call('HGET', KEYS[2], 'changes') or ''
end
return {head[1], head[2], head[3], page[1], table.concat(records), changes}
"""
)

REMEMBER: Final = Script(
    _FORMAT
    + """
-- KEYS: format, memory. ARGV: known version, lang, records one after the other, changes if they are others.
-- Returns the new version, or nil where the known one is not the newest.
if redis.call('HGET', KEYS[2], 'version') ~= ARGV[1] then
  return false
end
local version = redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('HSET', KEYS[2], 'lang', ARGV[2])
if ARGV[4] then
  redis.call('HSET', KEYS[2], 'changes', ARGV[4])
end
local position, batch = 1, {}
while position <= #ARGV[3] do
  local size = struct.unpack('>I2', ARGV[3], position)
  local record = string.sub(ARGV[3], position, position + size - 1)
  batch[#batch + 1] = string.sub(record, 3, 10)
  batch[#batch + 1] = record
  position = position + size
  if #batch == 2000 or position > #ARGV[3] then
    redis.call('HSET', KEYS[2], unpack(batch))
    batch = {}
  end
end
return version
"""
)

STATUSES: Final = Script(
    _FORMAT
    + """
-- KEYS: format, hashes. Returns the JSON of their fields and values in turn, one list a hash.
local found = {}
for i = 2, #KEYS do
  found[i - 1] = redis.call('HGETALL', KEYS[i])
end
return cjson.encode(found)
"""
)

CONTENT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, generations, content. ARGV: catalogue, first byte, last byte.
-- Returns {generation, size, bytes}, or nil where nothing is kept.
local generation = redis.call('HGET', KEYS[2], ARGV[1])
if not generation or redis.call('EXISTS', KEYS[3]) == 0 then
  return false
end
return {generation, redis.call('STRLEN', KEYS[3]), redis.call('GETRANGE', KEYS[3], ARGV[2], ARGV[3])}
"""
)

KEEP: Final = Script(
    _FORMAT
    + _STANDS
    + """
-- KEYS: format, holders, fences, refreshed, troubles, generations, content.
-- ARGV: catalogue, holder, fence, refreshed, first generation, content. Returns the generation, or nil.
if not stands(KEYS[2], KEYS[3]) then
  return false
end
local generation
if redis.call('HEXISTS', KEYS[6], ARGV[1]) == 1 then
  generation = redis.call('HINCRBY', KEYS[6], ARGV[1], 1)
else
  redis.call('HSET', KEYS[6], ARGV[1], ARGV[5])
  generation = ARGV[5]
end
redis.call('SET', KEYS[7], ARGV[6])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[4])
redis.call('HDEL', KEYS[5], ARGV[1])
return generation
"""
)

CONFIRM: Final = Script(
    _FORMAT
    + _STANDS
    + """
-- KEYS: format, holders, fences, refreshed, troubles. ARGV: catalogue, holder, fence, refreshed.
if not stands(KEYS[2], KEYS[3]) then
  return false
end
redis.call('HSET', KEYS[4], ARGV[1], ARGV[4])
redis.call('HDEL', KEYS[5], ARGV[1])
return 1
"""
)

COMPLAIN: Final = Script(
    _FORMAT
    + _STANDS
    + """
-- KEYS: format, holders, fences, troubles. ARGV: catalogue, holder, fence, trouble.
if not stands(KEYS[2], KEYS[3]) then
  return false
end
redis.call('HSET', KEYS[4], ARGV[1], ARGV[4])
return 1
"""
)

LEASE: Final = Script(
    _FORMAT
    + """
-- KEYS: format, holders, fences, lease. ARGV: catalogue, holder, milliseconds. Returns the fence, or nil.
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if holder and holder ~= ARGV[2] and redis.call('EXISTS', KEYS[4]) == 1 then
  return false
end
local fence = redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('SET', KEYS[4], fence, 'PX', ARGV[3])
return fence
"""
)

RENEW: Final = Script(
    _FORMAT
    + _STANDS
    + """
-- KEYS: format, holders, fences, lease. ARGV: catalogue, holder, fence, milliseconds.
if not stands(KEYS[2], KEYS[3]) then
  return false
end
redis.call('SET', KEYS[4], ARGV[3], 'PX', ARGV[4])
return 1
"""
)

RELEASE: Final = Script(
    _FORMAT
    + _STANDS
    + """
-- KEYS: format, holders, fences, lease. ARGV: catalogue, holder, fence.
if not stands(KEYS[2], KEYS[3]) then
  return false
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[4])
return 1
"""
)

MARK: Final = Script(
    _FORMAT
    + """
-- KEYS: format, marks. ARGV: organization. Returns how many marks there were.
return redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
"""
)

TOKEN: Final = Script(
    _FORMAT
    + """
-- KEYS: format, tokens. ARGV: organization.
return redis.call('HGET', KEYS[2], ARGV[1])
"""
)

KEEP_TOKEN: Final = Script(
    _FORMAT
    + """
-- KEYS: format, tokens. ARGV: organization, token.
return redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
"""
)

ADOPT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, old memory, new memory, hashes over organizations, and then pairs of old and new contents.
-- ARGV: how many such hashes, old name, new name, languages. Copies what the old name has, once: leases stay.
if redis.call('EXISTS', KEYS[3]) == 1 or redis.call('COPY', KEYS[2], KEYS[3]) == 0 then
  return 0
end
local hashes = tonumber(ARGV[1])
for i = 1, hashes do
  local fields = {''}
  for lang = 4, #ARGV do
    fields[#fields + 1] = ARGV[lang] .. ':'
  end
  for _, field in ipairs(fields) do
    local value = redis.call('HGET', KEYS[3 + i], field .. ARGV[2])
    if value then
      redis.call('HSET', KEYS[3 + i], field .. ARGV[3], value)
    end
  end
end
for i = 4 + hashes, #KEYS, 2 do
  redis.call('COPY', KEYS[i], KEYS[i + 1], 'REPLACE')
end
return 1
"""
)

GRANTS: Final = Script(
    _FORMAT
    + """
-- KEYS: format, grants, days. Returns {ids and values in turn, ids and days in turn}.
return {redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3])}
"""
)

ADD_GRANT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, grants, days. ARGV: id, value, day or nothing. Returns 1 if it is there then, else nil.
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 1 then
  if ARGV[3] then
    redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
  end
elseif redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return false
end
return 1
"""
)

ROTATE_GRANT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, grants. ARGV: id, digest. Returns 1, or nil where there is none.
local value = redis.call('HGET', KEYS[2], ARGV[1])
if not value then
  return false
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. string.sub(value, #ARGV[2] + 1))
return 1
"""
)

REVOKE_GRANT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, grants, days. ARGV: id. Returns how many there were.
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])
"""
)

USE_GRANT: Final = Script(
    _FORMAT
    + """
-- KEYS: format, grants, days. ARGV: id, day.
local last = redis.call('HGET', KEYS[3], ARGV[1])
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 and (not last or last < ARGV[2]) then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
end
return 1
"""
)
