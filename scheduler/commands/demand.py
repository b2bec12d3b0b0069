"""The forecast a command works with."""

from forecasting import make_forecast
from scenarios import Forecast, Scenario, UsageError, expected_demand
from scheduler.commands.console import Watch, tell
from scheduler.commands.parameters import DemandChoice
from scheduler.exchange import read_forecast


def demand_of(choice: DemandChoice, scenario: Scenario, watch: Watch) -> Forecast:
    """Return the forecast of a file, of a history, or, where neither is named, what the scenario expects of itself."""
    if choice.forecast is not None and choice.history is not None:
        raise UsageError("one_of_options", options="--forecast, --history")
    if choice.forecast is not None:
        return read_forecast(choice.forecast, scenario)
    if choice.history is None:
        tell("expected_demand", scenario=scenario.name)
        return expected_demand(scenario)
    history, past = choice.load_history(scenario)
    return make_forecast(history, scenario, past_promotions=past, progress=watch.tell)
