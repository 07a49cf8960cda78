"""Words over a picture: a name strip of a video, a poster of a missing person, a story with a place."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet
from PIL import Image

from polyveil.sample.scenes import backdrop, put


def _scene(dice: Random, role: str) -> Sheet:
    picture = Image.fromarray(backdrop(dice, (1000, 680)))
    put(picture, (dice.randint(80, 560), 180), dice.choice((1.2, 1.6)), mirrored=dice.random() < 0.5)
    return Sheet(picture, size=34, role=role, colour=(255, 255, 255))


def en(dice: Random) -> Sheet:
    one = english(dice)
    scene = _scene(dice, dice.choice(("bold", "roboto")))
    scene.say((50, 30), dice.choice(("LIVE", "BREAKING NEWS", "Summer holiday")), size=38)
    scene.say((60, 540), one.name, "name", size=42)
    scene.say(
        (60, 600), dice.choice(("Head of the fire brigade", "Witness of the accident", "Winner of the race")), size=28
    )
    scene.say((600, 40), one.phone, "phone", size=30)
    return scene


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    scene = _scene(dice, "hei-bold")
    scene.say((50, 30), dice.choice(("现场直播", "寻人启事", "今日快讯")), size=40)
    scene.say((60, 530), one.name, "name", size=46)
    scene.say((60, 600), dice.choice(("现场目击者", "消防队队长", "比赛冠军")), size=30)
    at = scene.say((520, 40), "电话", EITHER, size=30)
    scene.say((at + 8, 40), one.phone, "phone", size=30)
    return scene
