# frozen_string_literal: true

class HookBridge
  VERSION = "3.0.0"
end
