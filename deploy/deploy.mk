# What is deployed: the chart, the pods, the dashboard and the alerts, each held to the tools and schemas of those who read it.
.PHONY: test-deploy
DEPLOY_TESTS := tests/deploy
DEPLOY_TOOLS := node npm postgres prometheus

$(DEPLOY_TESTS)/node_modules/.package-lock.json: $(DEPLOY_TESTS)/package-lock.json
	@tools/install $(DEPLOY_TOOLS)
	cd $(DEPLOY_TESTS) && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

# Runs what the chart says with a real database, and scrapes it with a real Prometheus.
test-deploy: debug $(DEPLOY_TESTS)/node_modules/.package-lock.json
	@tools/install $(DEPLOY_TOOLS)
	HOOKBRIDGE_COMMAND=$(COMMAND) $(DEPLOY_TESTS)/run
