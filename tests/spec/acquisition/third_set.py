"""A third set of single faults, made after the draft of manuals was.

Each exam is its own reference: a manual is drafted from it, passes it, and must find each fault.
Rows: exam, how it is made, what is wrong, what breaks it.
"""

from __future__ import annotations

import math
from copy import deepcopy

from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from tests.spec.acquisition import scans
from tests.spec.acquisition.third_scans import (
    COMMON,
    ct,
    dce,
    dwi,
    dx,
    ect,
    ge,
    item,
    mg,
    nm,
    pet,
    us,
    xa,
    xray,
)  # fmt: skip


def priv_frames(ds):
    for f in ds.PerFrameFunctionalGroupsSequence:
        yield (
            f.private_block(0x21, "SIEMENS MR SDI 02")[0xFE]
            .value[0]
            .private_block(0x21, "SIEMENS MR SDI 02")
        )


def every(s, **v):
    def f(e):
        for im in e[s]:
            for k, x in v.items():
                if x is None:
                    if k in im:
                        delattr(im, k)
                else:
                    setattr(im, k, x)

    return f


def some(s, idx, **v):
    def f(e):
        ims = e[s][idx] if isinstance(idx, slice) else [e[s][idx]]
        for im in ims:
            for k, x in v.items():
                if x is None:
                    if k in im:
                        delattr(im, k)
                else:
                    setattr(im, k, x)

    return f


def raw(s, tag, vr, data, idx=slice(None)):
    def f(e):
        for im in e[s][idx]:
            im.pop(BaseTag(tag), None)
            im._dict[BaseTag(tag)] = RawDataElement(
                BaseTag(tag), vr, len(data), data, 0, False, True
            )

    return f


def lose(s):
    return lambda e: e.pop(s)


def shared(seq, s="t2", **v):
    def f(e):
        it = e[s][0].SharedFunctionalGroupsSequence[0][seq].value[0]
        for k, x in v.items():
            if x is None:
                delattr(it, k)
            else:
                setattr(it, k, x)

    return f


def frame(n, seq, s="t2", **v):
    def f(e):
        it = e[s][0].PerFrameFunctionalGroupsSequence[n][seq].value[0]
        for k, x in v.items():
            if x is None:
                delattr(it, k)
            else:
                setattr(it, k, x)

    return f


def frames(s, fn):
    def f(e):
        ds = e[s][0]
        seq = list(ds.PerFrameFunctionalGroupsSequence)
        fn(seq, ds)
        ds.PerFrameFunctionalGroupsSequence = Sequence(seq)

    return f


def privx(off, value, n=None):
    def f(e):
        for i, b in enumerate(priv_frames(e["t2"][0])):
            if n is None or i == n:
                b[off].value = value

    return f


def setpriv(s, group, creator, off, value, idx=slice(None)):
    def f(e):
        for im in e[s][idx]:
            im.private_block(group, creator)[off].value = value

    return f


def delpriv(s, group, creator, off, idx=slice(None)):
    def f(e):
        for im in e[s][idx]:
            del im.private_block(group, creator)[off]

    return f


def philq(s, **v):
    def f(e):
        for im in e[s]:
            q = im.private_block(0x2005, "Philips MR Imaging DD 005")[0x0F].value[0]
            for k, x in v.items():
                setattr(q, k, x)
            for k in v:
                if k in im:
                    delattr(im, k)

    return f


def moved(s, i, d):
    def f(e):
        p = e[s][i].ImagePositionPatient
        e[s][i].ImagePositionPatient = [p[0] + d[0], p[1] + d[1], p[2] + d[2]]

    return f


def sheared(s):
    def f(e):
        for n, im in enumerate(e[s]):
            p = im.ImagePositionPatient
            im.ImagePositionPatient = [p[0], p[1] + n * 0.5, p[2]]

    return f


def rotated(s, idx, deg):
    c, si = math.cos(math.radians(deg)), math.sin(math.radians(deg))

    def f(e):
        for im in e[s][idx]:
            o = [float(x) for x in im.ImageOrientationPatient]
            im.ImageOrientationPatient = [
                o[0] * c,
                o[0] * si if o[0] else o[1] * c,
                o[2] if o[0] else o[1] * si,
                *o[3:],
            ]

    return f


def localiser_copied(s, plane):
    def f(e):
        for n, im in enumerate(deepcopy(e[s][:3])):
            im.SOPInstanceUID = scans.uid()
            im.ImageOrientationPatient = scans.FACING[plane]
            im.InstanceNumber = 100 + n
            im.EchoTime = 5
            im.RepetitionTime = 9
            im.SliceThickness = 8
            e[s].append(im)

    return f


def dup(s, i, same_number=True):
    def f(e):
        im = deepcopy(e[s][i])
        im.SOPInstanceUID = scans.uid()
        if not same_number:
            im.InstanceNumber = len(e[s]) + 1
        e[s].append(im)

    return f


def injected(**v):
    def f(e):
        for s in e.values():
            for im in s:
                it = im.RadiopharmaceuticalInformationSequence[0]
                for k, x in v.items():
                    if x is None:
                        delattr(it, k)
                    else:
                        setattr(it, k, x)

    return f


def region(**v):
    def f(e):
        r = e["clip"][0].SequenceOfUltrasoundRegions[0]
        for k, x in v.items():
            setattr(r, k, x)

    return f


def shell(m, sh):
    def f(e):
        dwi(m)
        e2 = {"dwi": scans.dwi(m, study=e["dwi"][0].StudyInstanceUID, shells=sh)}
        for im in e2["dwi"]:
            for k, v in COMMON.items():
                setattr(im, k, v)
        e["dwi"] = e2["dwi"]

    return f


def drop(s, idx):
    def f(e):
        del e[s][idx]

    return f


FAULTS=[
 # XA enhanced
 ("xa",xa,"TE of a frame",frame(7,"MREchoSequence",EffectiveEchoTime=49.0)),
 ("xa",xa,"phase polarity private",privx(0x1C,"0")),
 ("xa",xa,"phase polarity private of a frame",privx(0x1C,"0",6)),
 ("xa",xa,"coil private changed, standard gone",lambda e:(shared("MRReceiveCoilSequence",ReceiveCoilName=None)(e),privx(0x4F,"BO1")(e))),
 ("xa",xa,"frame lost in the middle",frames("t2",lambda q,ds:(q.pop(9),setattr(ds,"NumberOfFrames",19)))),
 ("xa",xa,"last frame lost",frames("t2",lambda q,ds:(q.pop(),setattr(ds,"NumberOfFrames",19)))),
 ("xa",xa,"frame doubled",frames("t2",lambda q,ds:(q.append(deepcopy(q[3])),setattr(ds,"NumberOfFrames",21)))),
 ("xa",xa,"fewer items than frames said",frames("t2",lambda q,ds:q.pop())),
 ("xa",xa,"flip absent in shared",shared("MRTimingAndRelatedParametersSequence",FlipAngle=None)),
 ("xa",xa,"TR in s",shared("MRTimingAndRelatedParametersSequence",RepetitionTime=4.5)),
 ("xa",xa,"orientation of a frame",lambda e:setattr(e["t2"][0].PerFrameFunctionalGroupsSequence[4],"PlaneOrientationSequence",item(ImageOrientationPatient=[1,0,0,0,0,-1]))),
 ("xa",xa,"acceleration",shared("MRModifierSequence",ParallelReductionFactorInPlane=4.0)),
 ("xa",xa,"fat suppression",shared("MRModifierSequence",SpectrallySelectedSuppression="FAT")),
 ("xa",xa,"pixel spacing nan",shared("PixelMeasuresSequence",PixelSpacing=None)),
 ("xa",xa,"phase encoding",shared("MRFOVGeometrySequence",InPlanePhaseEncodingDirection="COLUMN")),
 ("xa",xa,"phase steps",shared("MRFOVGeometrySequence",MRAcquisitionPhaseEncodingStepsInPlane=128)),
 ("xa",xa,"sequence name",every("t2",PulseSequenceName="*h2d1_128")),
 ("xa",xa,"body region",lambda e:setattr(e["t2"][0].SharedFunctionalGroupsSequence[0].FrameAnatomySequence[0].AnatomicRegionSequence[0],"CodeMeaning","Knee")),
 # GE
 ("ge",ge,"TR in microseconds",every("t1",RepetitionTime=2400000)),
 ("ge",ge,"TR in s",every("t1",RepetitionTime=2.4)),
 ("ge",ge,"TE in microseconds",every("dti",EchoTime=70000)),
 ("ge",ge,"acceleration private",setpriv("dti",0x43,"GEMS_PARM_01",0x83,["1","1"])),
 ("ge",ge,"acceleration private unreadable",raw("dti",0x00431083,"DS",b"x\\1")),
 ("ge",ge,"sequence private",setpriv("t1",0x19,"GEMS_ACQU_01",0x9C,"fse-xl")),
 ("ge",ge,"b private unreadable",raw("dti",0x00431039,"UN",b"b1000 ")),
 ("ge",ge,"b private unreadable on some",raw("dti",0x00431039,"UN",b"b1000 ",slice(10,13))),
 ("ge",ge,"flip angle varies",some("t1",slice(0,12),FlipAngle=120)),
 ("ge",ge,"inversion time gone",every("t1",InversionTime=None)),
 ("ge",ge,"inversion time 0",every("t1",InversionTime=0)),
 ("ge",ge,"software of half",some("t1",slice(0,12),SoftwareVersions="DV29")),
 ("ge",ge,"software of all series",lambda e:(every("t1",SoftwareVersions="DV29")(e),every("dti",SoftwareVersions="DV29")(e))),
 ("ge",ge,"model of one series",every("t1",ManufacturerModelName="Optima MR450w")),
 ("ge",ge,"serial mixed",some("t1",slice(0,5),DeviceSerialNumber="999")),
 ("ge",ge,"localiser copied into it",localiser_copied("t1","axial")),
 ("ge",ge,"localiser copied, same plane",localiser_copied("t1","sagittal")),
 ("ge",ge,"mixed series",lambda e:e["t1"].extend([deepcopy(im) for im in e["dti"][:6]]) or [setattr(im,"SeriesInstanceUID",e["t1"][0].SeriesInstanceUID) or setattr(im,"SOPInstanceUID",scans.uid()) for im in e["t1"][24:]]),
 ("ge",ge,"sheared stack",sheared("t1")),
 ("ge",ge,"uneven gap",moved("t1",10,(1.5,0,0))),
 ("ge",ge,"every second lost",lambda e:e.update(t1=e["t1"][::2])),
 ("ge",ge,"two lost of 24, first ones",drop("t1",slice(0,2))),
 ("ge",ge,"rotated half",rotated("t1",slice(0,12),4)),
 ("ge",ge,"rotated all",rotated("t1",slice(None),22)),
 ("ge",ge,"thicker with same spacing",every("t1",SliceThickness=5)),
 ("ge",ge,"anisotropic",every("t1",PixelSpacing=[0.8,1.1])),
 ("ge",ge,"anisotropic one image",some("t1",3,PixelSpacing=[0.8,0.9])),
 ("ge",ge,"patient position",every("t1",PatientPosition="FFS")),
 ("ge",ge,"patient position of the other",every("dti",PatientPosition="HFP")),
 ("ge",ge,"body part",every("t1",BodyPartExamined="CSPINE")),
 ("ge",ge,"coil",every("dti",ReceiveCoilName="BODY")),
 ("ge",ge,"coil missing",every("dti",ReceiveCoilName=None)),
 ("ge",ge,"averages",every("dti",NumberOfAverages=4)),
 ("ge",ge,"percent phase fov",every("t1",PercentPhaseFieldOfView=75)),
 ("ge",ge,"sampling",every("t1",PercentSampling=70)),
 ("ge",ge,"sequence variant",every("t1",SequenceVariant="SS")),
 ("ge",ge,"scanning sequence",every("t1",ScanningSequence=["GR","IR"])),
 ("ge",ge,"derived",every("t1",ImageType=["DERIVED","SECONDARY","M"])),
 ("ge",ge,"frequency of another field",every("t1",ImagingFrequency=63.8)),
 ("ge",ge,"bits",every("t1",BitsStored=8)),
 ("ge",ge,"inverted",every("t1",PhotometricInterpretation="MONOCHROME1")),
 ("ge",ge,"contrast in a plain series",every("t1",ContrastBolusAgent="Dotarem")),
 ("ge",ge,"position gone on one",some("t1",5,ImagePositionPatient=None)),
 ("ge",ge,"orientation unreadable",raw("t1",0x00200037,"DS",b"1\\0\\0\\x\\0\\1 ")),
 ("ge",ge,"TE nan",raw("t1",0x00180081,"DS",b"nan ")),
 ("ge",ge,"TE empty on one",raw("t1",0x00180081,"DS",b"",slice(4,5))),
 ("ge",ge,"TE with comma",raw("t1",0x00180081,"DS",b"12,0")),
 ("ge",ge,"thickness 0",every("t1",SliceThickness=0)),
 ("ge",ge,"dti absent",lose("dti")),
 ("ge",ge,"t1 absent",lose("t1")),
 ("ge",ge,"phase encoding",every("dti",InPlanePhaseEncodingDirection="COL")),
 ("ge",ge,"phase encoding of some",some("dti",slice(0,6),InPlanePhaseEncodingDirection="COL")),
 ("ge",ge,"series names swapped",lambda e:(every("t1",SeriesDescription="dwi_cor")(e),every("dti",SeriesDescription="SAG T1 FLAIR")(e))),
 # DCE
 ("dce",dce,"a dynamic lost",lambda e:e.update(dyn=[i for i in e["dyn"] if i.TemporalPositionIdentifier!=3])),
 ("dce",dce,"last dynamic lost",lambda e:e.update(dyn=[i for i in e["dyn"] if i.TemporalPositionIdentifier!=5])),
 ("dce",dce,"an image of a dynamic",drop("dyn",slice(11,12))),
 ("dce",dce,"a slice of all dynamics",lambda e:e.update(dyn=[i for i in e["dyn"] if i.ImagePositionPatient[2]!=7.5])),
 ("dce",dce,"end slice of all dynamics",lambda e:e.update(dyn=[i for i in e["dyn"] if i.ImagePositionPatient[2]!=0])),
 ("dce",dce,"started too late",every("dyn",ContrastBolusStartTime="101000")),
 ("dce",dce,"started before injection",every("dyn",ContrastBolusStartTime="101700")),
 ("dce",dce,"start time unreadable",raw("dyn",0x00181042,"TM",b"later ")),
 ("dce",dce,"start time gone",every("dyn",ContrastBolusStartTime=None)),
 ("dce",dce,"acquisition time gone",every("dyn",AcquisitionTime=None)),
 ("dce",dce,"contrast volume",every("dyn",ContrastBolusVolume=14)),
 ("dce",dce,"another agent",every("dyn",ContrastBolusAgent="gadoxetate")),
 ("dce",dce,"no agent",every("dyn",ContrastBolusAgent=None,ContrastBolusVolume=None,ContrastBolusStartTime=None)),
 ("dce",dce,"sense in private only",philq("dyn",ParallelReductionFactorInPlane=3.0)),
 ("dce",dce,"temporal resolution",every("dyn",TemporalResolution=20)),
 ("dce",dce,"timing stretched",lambda e:[setattr(i,"AcquisitionTime",f"10{15+(i.TemporalPositionIdentifier-1)*30//60:02}{(i.TemporalPositionIdentifier-1)*30%60:02}") for i in e["dyn"]]),
 ("dce",dce,"2D",every("dyn",MRAcquisitionType="2D")),
 ("dce",dce,"fat suppression",every("dyn",ScanOptions="OTHER")),
 ("dce",dce,"flip",every("dyn",FlipAngle=15)),
 # DWI others
 *[(f"dwi {m}",dwi(m),"b of 600",shell(m,((0,2),(600,6)))) for m in ("uih","canon","siemens","philips")],
 *[(f"dwi {m}",dwi(m),"no b0",shell(m,((800,6),))) for m in ("uih","canon")],
 *[(f"dwi {m}",dwi(m),"a direction less",shell(m,((0,2),(800,5)))) for m in ("uih","canon")],
 ("dwi uih",dwi("uih"),"b private gone on some",delpriv("dwi",0x65,"Image Private Header",0x09,slice(20,26))),
 ("dwi uih",dwi("uih"),"b private odd bytes",raw("dwi",0x00651009,"OB",b"\x00\x00\x01\x00",slice(3,4))),
 ("dwi canon",dwi("canon"),"comment gone on some",some("dwi",slice(20,26),ImageComments=None)),
 ("dwi canon",dwi("canon"),"comment garbled",every("dwi",ImageComments="see report")),
 ("dwi philips",dwi("philips"),"b odd bytes",raw("dwi",0x20011003,"OB",b"\x00\x00\x01\x00\x00\x00")),
 ("dwi philips",dwi("philips"),"creator gone",lambda e:[im.pop(BaseTag(0x20010010)) for im in e["dwi"]]),
 ("dwi siemens",dwi("siemens"),"b private gone on some",delpriv("dwi",0x19,"SIEMENS MR HEADER",0x0C,slice(20,26))),
 # CT
 ("ct",ct,"kVp of a slice",some("pv",7,KVP=100)),
 ("ct",ct,"kVp",every("art",KVP=140)),
 ("ct",ct,"exposure half",every("art",Exposure=45,XRayTubeCurrent=90)),
 ("ct",ct,"kernel sharp",every("art",ConvolutionKernel=["Br64d","3"])),
 ("ct",ct,"iterative strength",every("art",ConvolutionKernel=["Br40d","5"])),
 ("ct",ct,"kernel of some",some("art",slice(0,4),ConvolutionKernel=["Br64d","3"])),
 ("ct",ct,"tilt said",every("art",GantryDetectorTilt=12)),
 ("ct",ct,"tilt real, not said",sheared("art")),
 ("ct",ct,"pitch",every("art",SpiralPitchFactor=1.2)),
 ("ct",ct,"pitch unreadable",raw("art",0x00189311,"OB",b"\0\0")),
 ("ct",ct,"arterial phase late",every("art",ContrastBolusStartTime="101350")),
 ("ct",ct,"portal phase early",every("pv",ContrastBolusStartTime="101430")),
 ("ct",ct,"flow rate",every("art",ContrastFlowRate=2)),
 ("ct",ct,"intercept",every("art",RescaleIntercept=0)),
 ("ct",ct,"rescale gone",every("art",RescaleIntercept=None,RescaleSlope=None,RescaleType=None)),
 ("ct",ct,"filter",every("art",FilterType="WEDGE_3")),
 ("ct",ct,"dose in uGy",every("art",CTDIvol=6500)),
 ("ct",ct,"dose gone",every("art",CTDIvol=None)),
 ("ct",ct,"thick recon",every("art",SliceThickness=5)),
 ("ct",ct,"gap",lambda e:e.update(art=e["art"][:15]+[setattr(i,"ImagePositionPatient",[-180,-180,float(i.ImagePositionPatient[2])+0.6]) or i for i in e["art"][15:]])),
 ("ct",ct,"cut short",drop("art",slice(24,30))),
 ("ct",ct,"duplicate by another number",dup("art",5,False)),
 ("ct",ct,"prone",every("art",PatientPosition="FFP")),
 ("ct",ct,"body part",every("art",BodyPartExamined="HEAD")),
 ("ct",ct,"diameter",every("art",ReconstructionDiameter=250,PixelSpacing=[0.488,0.488])),
 ("ct",ct,"jpeg",every("art",LossyImageCompression="01")),
 ("ct",ct,"portal absent",lose("pv")),
 ("ct",ct,"portal twice, arterial absent",lambda e:every("art",SeriesDescription="liver portal")(e)),
 ("ect",ect,"kVp",shared("CTXRayDetailsSequence",s="pv",KVP=80)),
 ("ect",ect,"kernel",shared("CTReconstructionSequence",s="pv",ConvolutionKernel="FC52")),
 ("ect",ect,"algorithm",shared("CTReconstructionSequence",s="pv",ReconstructionAlgorithm="FILTER_BACK_PROJ")),
 ("ect",ect,"thickness gone",shared("PixelMeasuresSequence",s="pv",SliceThickness=None)),
 ("ect",ect,"exposure of a frame",frame(5,"CTExposureSequence",s="pv",ExposureInmAs=10.0)),
 ("ect",ect,"dose of all",lambda e:[setattr(f.CTExposureSequence[0],"CTDIvol",22.0) for f in e["pv"][0].PerFrameFunctionalGroupsSequence]),
 ("ect",ect,"frame lost",frames("pv",lambda q,ds:(q.pop(9),setattr(ds,"NumberOfFrames",29)))),
 ("ect",ect,"pitch",shared("CTAcquisitionDetailsSequence",s="pv",SpiralPitchFactor=1.5)),
 # PET
 ("pet",pet,"activity half",injected(RadionuclideTotalDose=120e6)),
 ("pet",pet,"tracer",injected(Radiopharmaceutical="PSMA-1007")),
 ("pet",pet,"half-life of Ga",injected(RadionuclideHalfLife=4062)),
 ("pet",pet,"start after the scan",injected(RadiopharmaceuticalStartTime="102500")),
 ("pet",pet,"start gone",injected(RadiopharmaceuticalStartTime=None)),
 ("pet",pet,"late",injected(RadiopharmaceuticalStartTime="083000")),
 ("pet",pet,"attenuation none",every("pet",AttenuationCorrectionMethod="NONE")),
 ("pet",pet,"no scatter correction",every("pet",CorrectedImage=["DECY","ATTN","RAN","NORM"])),
 ("pet",pet,"no decay correction",every("pet",DecayCorrection="NONE")),
 ("pet",pet,"reconstruction",every("pet",ReconstructionMethod="FBP")),
 ("pet",pet,"filter",every("pet",ConvolutionKernel="2mm")),
 ("pet",pet,"weight gone",every("pet",PatientWeight=None)),
 ("pet",pet,"weight 0",every("pet",PatientWeight=0)),
 ("pet",pet,"duration of a bed",some("pet",slice(0,5),ActualFrameDuration=60000)),
 ("pet",pet,"units",every("pet",Units="PROPCNTS")),
 ("pet",pet,"feet first",every("pet",PatientPosition="FFS")),
 ("pet",pet,"a bed lost",drop("pet",slice(8,12))),
 # US
 ("us",us,"units none",region(PhysicalUnitsXDirection=0,PhysicalUnitsYDirection=0)),
 ("us",us,"units s",region(PhysicalUnitsXDirection=4)),
 ("us",us,"delta y 0",region(PhysicalDeltaY=0)),
 ("us",us,"frequency in Hz",region(TransducerFrequency=12000000)),
 ("us",us,"colour",region(RegionDataType=2)),
 ("us",us,"still",every("clip",NumberOfFrames=1)),
 ("us",us,"depth",every("clip",DepthOfScanField=160)),
 ("us",us,"probe",every("clip",TransducerType="CURVED LINEAR")),
 ("us",us,"other side",every("clip",Laterality="R")),
 ("us",us,"frame time gone",every("clip",FrameTime=None)),
 ("us",us,"regions gone",every("clip",SequenceOfUltrasoundRegions=None)),
 ("us",us,"MI",every("clip",MechanicalIndex=2.3)),
 # DX
 ("dx",dx,"other side",every("lat",ImageLaterality="R")),
 ("dx",dx,"side contradicts",every("pa",Laterality="R")),
 ("dx",dx,"side gone",every("pa",ImageLaterality=None)),
 ("dx",dx,"view",every("lat",ViewPosition="RL")),
 ("dx",dx,"view gone",every("lat",ViewPosition=None)),
 ("dx",dx,"grid out",every("pa",Grid="NONE")),
 ("dx",dx,"kVp in V",every("pa",KVP=55000)),
 ("dx",dx,"pixel spacing gone",every("pa",ImagerPixelSpacing=None)),
 ("dx",dx,"deviation",every("pa",DeviationIndex=6)),
 ("dx",dx,"exposure index",every("pa",ExposureIndex=4000)),
 ("dx",dx,"distance cm",every("pa",DistanceSourceToDetector=115)),
 ("dx",dx,"inverted",every("pa",PhotometricInterpretation="MONOCHROME1")),
 ("dx",dx,"body part",every("pa",BodyPartExamined="ANKLE")),
 ("dx",dx,"dose up",every("pa",ImageAndFluoroscopyAreaDoseProduct=1.5)),
 # MG
 ("mg",mg,"right MLO absent",lose("RMLO")),
 ("mg",mg,"right CC said left",every("RCC",ImageLaterality="L")),
 ("mg",mg,"force",every("LCC",CompressionForce=20)),
 ("mg",mg,"organ dose",every("LCC",OrganDose=0.06)),
 ("mg",mg,"for processing",every("LCC",PresentationIntentType="FOR PROCESSING")),
 ("mg",mg,"filter",every("LCC",FilterMaterial="SILVER")),
 ("mg",mg,"anode",every("LCC",AnodeTargetMaterial="MOLYBDENUM")),
 # NM, XA
 ("nm",nm,"matrix",every("whole",Rows=128,Columns=128)),
 ("nm",nm,"tracer",injected(Radiopharmaceutical="Tc-99m HDP")),
 ("nm",nm,"early",injected(RadiopharmaceuticalStartTime="114500")),
 ("nm",nm,"activity",injected(RadionuclideTotalDose=300)),
 ("nm",nm,"pinhole",lambda e:setattr(e["whole"][0].DetectorInformationSequence[0],"CollimatorType","PINH")),
 ("xray",xray,"slow",every("run",FrameTime=200)),
 ("xray",xray,"no contrast",every("run",ContrastBolusAgent=None)),
 ("xray",xray,"dose",every("run",ImageAndFluoroscopyAreaDoseProduct=900)),
 ("xray",xray,"kVp",every("run",KVP=125)),
 ("xray",xray,"frames",every("run",NumberOfFrames=10)),
]  # fmt: skip
