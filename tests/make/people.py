from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.zone import ZONE
from app.models import Customer, Engineer, Roster, ServicePoint, Staff, WeChatIdentity
from app.models.people import StaffRole
from tests.make.rows import add

PASSWORD = "correct horse battery staple"
_numbers = count(1)


async def make_customer(session: AsyncSession, **over: object) -> Customer:
    return await add(session, Customer(**{"nickname": "王女士", "phone": "13800138000"} | over))


async def make_identity(session: AsyncSession, **over: object) -> WeChatIdentity:
    """Nobody's openid unless ``customer_id`` or ``staff_id`` says whose."""
    number = next(_numbers)
    values = {"appid": "wxa100000000000001", "openid": f"o-test-{number:06d}", "follows": True}
    return await add(session, WeChatIdentity(**values | over))


async def make_staff(session: AsyncSession, **over: object) -> Staff:
    """Signs in with ``PASSWORD``."""
    values = {
        "username": f"staff{next(_numbers)}",
        "password_hash": password_hash(),
        "role": StaffRole.AGENT,
        "name": "林客服",
        "phone": "13900139000",
    }
    return await add(session, Staff(**values | over))


async def make_engineer(session: AsyncSession, *, staff: Staff | None = None, **over: object) -> Engineer:
    """A staff member with the role of engineer and his record; both have the same id."""
    person = staff or await make_staff(session, role=StaffRole.ENGINEER, name="陈师傅")
    values = {
        "id": person.id,
        "employee_no": f"E{next(_numbers):05d}",
        "skills": ["air_conditioner", "washing_machine", "refrigerator"],
        "licences": [],
        "areas": ["浦东新区", "黄浦区"],
        "latitude": 31.2304,
        "longitude": 121.4737,
    }
    return await add(session, Engineer(**values | over))


async def make_service_point(session: AsyncSession, **over: object) -> ServicePoint:
    values = {
        "name": f"浦东服务站{next(_numbers)}",
        "city": "上海市",
        "districts": ["浦东新区"],
        "phone": "021-58881234",
        "latitude": 31.22,
        "longitude": 121.54,
    }
    return await add(session, ServicePoint(**values | over))


async def make_roster(
    session: AsyncSession, engineer: Engineer, day: date, *, start: int = 9, end: int = 18
) -> Roster:
    """A working day from one hour to another, as the clocks in Shanghai show them."""
    midnight = datetime.combine(day, time(), ZONE)
    span = Range(midnight + timedelta(hours=start), midnight + timedelta(hours=end))
    return await add(session, Roster(engineer_id=engineer.id, day=day, spans=[span]))


@lru_cache
def password_hash(password: str = PASSWORD) -> str:
    """As weak as argon2 allows: tests hash hundreds of times."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
