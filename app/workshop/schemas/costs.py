"""What the API says of costs. Amounts in euros excluding VAT, lengths in whole minutes."""

from decimal import Decimal

from pydantic import BaseModel

from app.workshop.rules import JobCost, minutes


class OperationCostOut(BaseModel):
    """One operation; amounts are empty where its machine has no hourly rate."""

    operation: int
    work_center: str
    hourly_rate: Decimal | None
    professional_minutes: int
    quoted: Decimal | None
    lost_minutes: int
    loss: Decimal | None
    machine_minutes: int
    machine_value: Decimal | None
    learning_minutes: int
    put_right_minutes: int


class JobCostOut(BaseModel):
    """A job's cost against the net of its order line. `complete`: no rate and no price is missing."""

    job: str
    net: Decimal
    quoted: Decimal
    loss: Decimal
    material: Decimal
    cost: Decimal
    margin: Decimal
    margin_share: Decimal | None
    machine_value: Decimal
    complete: bool
    without_rate: list[str]
    lots_without_price: int
    operations: list[OperationCostOut]


def job_cost_out(number: str, cost: JobCost) -> JobCostOut:
    """The document of a job's cost."""
    operations = [
        OperationCostOut(
            operation=o.seq, work_center=o.center, hourly_rate=o.rate, professional_minutes=minutes(o.professional),
            quoted=o.quoted, lost_minutes=minutes(o.lost), loss=o.loss, machine_minutes=minutes(o.machine),
            machine_value=o.machine_value, learning_minutes=minutes(o.learning),
            put_right_minutes=minutes(o.put_right),
        )
        for o in cost.operations
    ]  # fmt: skip
    return JobCostOut(
        job=number, net=cost.net, quoted=cost.quoted, loss=cost.loss, material=cost.material, cost=cost.cost,
        margin=cost.margin, margin_share=cost.margin_share, machine_value=cost.machine_value, complete=cost.complete,
        without_rate=list(cost.unrated), lots_without_price=cost.unpriced, operations=operations,
    )  # fmt: skip
