def handleTimerEvent():
	exchange.workflows.gateway.tick()
