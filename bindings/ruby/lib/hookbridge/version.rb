# frozen_string_literal: true

class HookBridge
  VERSION = "0.1.0"
end
