# frozen_string_literal: true

require "json"
require "time"

require_relative "hookbridge/version"
require_relative "hookbridge/errors"
require_relative "hookbridge/shape"
require_relative "hookbridge/page"
require_relative "hookbridge/results"
require_relative "hookbridge/raw_json"
require_relative "hookbridge/arguments"
require_relative "hookbridge/requests"
require "hookbridge/hookbridge_ext"
require_relative "hookbridge/waiting"
require_relative "hookbridge/events"
require_relative "hookbridge/exit"
require_relative "hookbridge/operations"
require_relative "hookbridge/client"
