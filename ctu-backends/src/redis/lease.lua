-- What is done with the lease of a key. KEYS: the key. ARGV: what to do, the head of the lease alone, its head before
-- a value, and what that needs. A head is 15 bytes that tell what it is, a letter and the 16 bytes of the token: L of a
-- lease alone, V of one before a value, E before a value that begins as a head does and has no lease. Before a value,
-- the token ends with the time at which the lease does, as the key lasts as long as the value.
local key, act, alone, before = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local head = redis.pcall('GETRANGE', key, 0, 31)
-- A key of another type is as good as none.
local there = type(head) == 'string' and redis.call('EXISTS', key) == 1
local function is_head(text) return #text >= 32 and string.sub(text, 1, 15) == string.sub(alone, 1, 15) end
local letter = there and is_head(head) and string.sub(head, 16, 16)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function until_then(millis) return struct.pack('>I6', math.min(now + millis, 2 ^ 48 - 1)) end
local over_value = letter == 'V' and struct.unpack('>I6', head, 27) > now

if act == 'shared' or act == 'exclusive' or act == 'replacing' then
  if there and letter ~= 'L' then
    if act ~= 'replacing' then
      local left, most = redis.call('PTTL', key), ARGV[5]
      if most == 'none' or (most ~= 'any' and (left < 0 or left > tonumber(most))) then return 0 end
      if over_value then
        if act == 'exclusive' then return 1 end
        return string.sub(head, 17)
      end
    end
    before = string.sub(before, 1, 26) .. until_then(tonumber(ARGV[4]))
    local value = redis.call('GET', key)
    if is_head(value) then value = string.sub(value, 33) end
    redis.call('SET', key, before .. value, 'KEEPTTL')
    return string.sub(before, 17)
  end
  if letter == 'L' and act == 'exclusive' and head ~= alone then return 1 end
  if letter == 'L' and act == 'shared' then
    if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
    return string.sub(head, 17)
  end
  redis.call('SET', key, alone, 'PX', ARGV[4])
  return string.sub(alone, 17)
end

if not there or (head ~= alone and not (head == before and over_value)) then return 0 end
if act == 'put' then
  if ARGV[5] == 'over' then
    redis.call('DEL', key)
  elseif ARGV[5] == 'endless' then
    redis.call('SET', key, ARGV[4])
  else
    redis.call('SET', key, ARGV[4], 'PX', ARGV[5])
  end
elseif act == 'renew' then
  if head == alone then
    redis.call('PEXPIRE', key, ARGV[4])
    return string.sub(alone, 17)
  end
  before = string.sub(before, 1, 26) .. until_then(tonumber(ARGV[4]))
  redis.call('SETRANGE', key, 26, string.sub(before, 27))
  return string.sub(before, 17)
elseif head == alone then
  redis.call('DEL', key)
else
  local value = string.sub(redis.call('GET', key), 33)
  if is_head(value) then
    redis.call('SETRANGE', key, 15, 'E')
  else
    redis.call('SET', key, value, 'KEEPTTL')
  end
end
return 1
