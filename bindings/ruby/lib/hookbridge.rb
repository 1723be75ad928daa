# frozen_string_literal: true

require "json"
require "time"

require_relative "hookbridge/version"
require_relative "hookbridge/errors"
require_relative "hookbridge/results"
require_relative "hookbridge/requests"
require "hookbridge/hookbridge_ext"
require_relative "hookbridge/waiting"
require_relative "hookbridge/events"
require_relative "hookbridge/client"
